package dev.waybill.worker.delivery;

import java.time.Duration;

/// What a lane says to a task.
sealed interface Admission {

    /// It holds the task.
    record Accepted() implements Admission {}

    /// It has no room: the task must wait elsewhere for about so long.
    record Overflow(Duration away) implements Admission {}
}
