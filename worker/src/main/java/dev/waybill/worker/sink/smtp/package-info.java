/// Delivers e-mail by SMTP.
@NullMarked
package dev.waybill.worker.sink.smtp;

import org.jspecify.annotations.NullMarked;
