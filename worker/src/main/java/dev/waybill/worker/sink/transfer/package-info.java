/// What the providers of kind transfer are made of: names of files, the steps of an upload, and what their
/// failures mean.
@NullMarked
package dev.waybill.worker.sink.transfer;

import org.jspecify.annotations.NullMarked;
