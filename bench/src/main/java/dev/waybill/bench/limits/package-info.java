/// What each part can do by itself.
@NullMarked
package dev.waybill.bench.limits;

import org.jspecify.annotations.NullMarked;
