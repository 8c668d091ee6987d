/// The inventory of the process: everything is wired here, by hand.
@NullMarked
package dev.waybill.worker.app;

import org.jspecify.annotations.NullMarked;
