/// The router on a real broker: what a test driver cannot show.
@NullMarked
package dev.waybill.local.router;

import org.jspecify.annotations.NullMarked;
