/// Deliveries by FTP, over TLS or not.
@NullMarked
package dev.waybill.worker.sink.ftp;

import org.jspecify.annotations.NullMarked;
