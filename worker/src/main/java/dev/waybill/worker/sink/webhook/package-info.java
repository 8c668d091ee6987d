/// The provider `webhook`: signed HTTP requests, as Standard Webhooks has them.
@NullMarked
package dev.waybill.worker.sink.webhook;

import org.jspecify.annotations.NullMarked;
