/// The contract between processes: topic names and keys, headers, serdes, and the registry client. No logic.
@NullMarked
package dev.waybill.schemas;

import org.jspecify.annotations.NullMarked;
