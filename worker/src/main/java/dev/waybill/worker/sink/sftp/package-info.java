/// Deliveries by SFTP.
@NullMarked
package dev.waybill.worker.sink.sftp;

import org.jspecify.annotations.NullMarked;
