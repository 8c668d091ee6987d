package dev.waybill.worker.delivery;

import java.time.Instant;

/// What a lane says to a task.
sealed interface Admission {

    /// It holds the task.
    record Accepted() implements Admission {}

    /// It has no room: the task must wait elsewhere until about this time.
    record Overflow(Instant due) implements Admission {}
}
