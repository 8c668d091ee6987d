/// Delivers e-mail by Amazon SES.
@NullMarked
package dev.waybill.worker.sink.ses;

import org.jspecify.annotations.NullMarked;
