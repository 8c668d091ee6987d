/// The provider `file`: one file per delivery in a directory of the worker's machine.
@NullMarked
package dev.waybill.worker.sink.file;

import org.jspecify.annotations.NullMarked;
