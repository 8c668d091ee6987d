/// Work for the systems under test, and the check that each piece of it was done.
@NullMarked
package dev.waybill.bench.load;

import org.jspecify.annotations.NullMarked;
