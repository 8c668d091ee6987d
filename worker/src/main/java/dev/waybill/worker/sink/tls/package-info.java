/// How connections of any protocol are secured: whom they trust, who we are on them, and what a failure means.
@NullMarked
package dev.waybill.worker.sink.tls;

import org.jspecify.annotations.NullMarked;
