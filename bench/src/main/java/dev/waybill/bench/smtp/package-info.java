/// Ways to hand messages to a mail server, side by side.
@NullMarked
package dev.waybill.bench.smtp;

import org.jspecify.annotations.NullMarked;
