/// Takes over tables of Waybill's names that another system made and filled.
@NullMarked
package dev.waybill.worker.projector.adopt;

import org.jspecify.annotations.NullMarked;
