/// Delivers e-mail by SendGrid's API.
@NullMarked
package dev.waybill.worker.sink.sendgrid;

import org.jspecify.annotations.NullMarked;
