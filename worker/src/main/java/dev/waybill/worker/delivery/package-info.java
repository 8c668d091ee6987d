/// The delivery loop: lanes, offsets, transactions, retry topics.
@NullMarked
package dev.waybill.worker.delivery;

import org.jspecify.annotations.NullMarked;
