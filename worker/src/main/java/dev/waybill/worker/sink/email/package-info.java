/// What all providers of e-mail share: how a payload becomes a message.
@NullMarked
package dev.waybill.worker.sink.email;

import org.jspecify.annotations.NullMarked;
