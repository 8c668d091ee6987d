/// What a delivery of several routes remembers until all of them have ended.
@NullMarked
package dev.waybill.topology.settlement;

import org.jspecify.annotations.NullMarked;
