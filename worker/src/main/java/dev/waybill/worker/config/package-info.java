/// Settings: declared, documented, validated; unknown keys are refused.
@NullMarked
package dev.waybill.worker.config;

import org.jspecify.annotations.NullMarked;
