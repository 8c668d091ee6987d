/// The delivery loop: tasks in, attempts made, outcomes written.
///
/// ```
///   poll ──► PartitionProgress (admit, bound) ──► Lanes (per destination) ──► virtual thread: attempt, decide, encode
///    ▲                                              │ no room                        │
///    │                                              ▼                                ▼
///    └── pause / resume              retry topic ◄─ Ended ◄──────────── queue of what ended
///                                                   │
///                                    one transaction per batch: records + offsets + map
/// ```
///
/// One platform thread ([SinkLoop]) owns consumer and producer and never blocks on a destination.
@NullMarked
package dev.waybill.worker.delivery;

import org.jspecify.annotations.NullMarked;
