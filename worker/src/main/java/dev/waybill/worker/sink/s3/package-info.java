/// Delivers into buckets of S3 and of what is compatible with it.
@NullMarked
package dev.waybill.worker.sink.s3;

import org.jspecify.annotations.NullMarked;
