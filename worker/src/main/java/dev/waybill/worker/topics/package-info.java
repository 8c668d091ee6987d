/// The topics a worker needs: what they should be, what they are, and how to get from one to the other.
@NullMarked
package dev.waybill.worker.topics;

import org.jspecify.annotations.NullMarked;
