/// The worker: performs deliveries and remembers them.
@NullMarked
package dev.waybill.worker;

import org.jspecify.annotations.NullMarked;
