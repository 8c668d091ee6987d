/// A receiver that costs little, so that what sends to it is what is measured.
@NullMarked
package dev.waybill.bench.receiver;

import org.jspecify.annotations.NullMarked;
