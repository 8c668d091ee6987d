/// Delivers e-mail by Resend's API.
@NullMarked
package dev.waybill.worker.sink.resend;

import org.jspecify.annotations.NullMarked;
