/// Figures as a table and as JSON.
@NullMarked
package dev.waybill.bench.report;

import org.jspecify.annotations.NullMarked;
