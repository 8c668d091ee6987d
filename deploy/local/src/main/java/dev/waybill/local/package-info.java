/// The embedded single-machine runtime and the command line.
@NullMarked
package dev.waybill.local;

import org.jspecify.annotations.NullMarked;
