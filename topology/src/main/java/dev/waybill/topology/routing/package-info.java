/// Where a request goes, and where one of its routes goes next. Pure: configuration and time are arguments.
@NullMarked
package dev.waybill.topology.routing;

import org.jspecify.annotations.NullMarked;
