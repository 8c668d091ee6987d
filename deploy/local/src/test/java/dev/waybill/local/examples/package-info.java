/// Runs the programs of `docs/examples` as a reader would.
@NullMarked
package dev.waybill.local.examples;

import org.jspecify.annotations.NullMarked;
