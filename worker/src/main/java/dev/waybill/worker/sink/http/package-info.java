/// HTTP for sinks: pooled connections on virtual threads, exact about what was sent and what came back.
@NullMarked
package dev.waybill.worker.sink.http;

import org.jspecify.annotations.NullMarked;
