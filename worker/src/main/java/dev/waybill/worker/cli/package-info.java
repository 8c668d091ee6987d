/// The command line: commands that talk to a worker's REST interface, and those that read a configuration themselves.
@NullMarked
package dev.waybill.worker.cli;

import org.jspecify.annotations.NullMarked;
