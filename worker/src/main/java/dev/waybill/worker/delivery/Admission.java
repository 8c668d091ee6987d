package dev.waybill.worker.delivery;

import java.time.Duration;

/// What a lane says to a task.
sealed interface Admission {

    /// It holds the task.
    record Accepted() implements Admission {}

    /// Its organization has no room, but will have some in a moment: the task is offered again, and its partition
    /// waits.
    record Later() implements Admission {}

    /// There is no room: the task must wait elsewhere for about so long.
    record Overflow(Duration away) implements Admission {}
}
