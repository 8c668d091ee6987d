package dev.waybill.schemas.serde;

import org.apache.kafka.common.errors.SerializationException;
import org.jspecify.annotations.Nullable;

/// The bytes can never be read as what they should be, whoever tries again: not framed, of a schema the
/// registry denies or that cannot be resolved, cut short, or with something behind the record.
public final class PoisonRecordException extends SerializationException {

    private static final long serialVersionUID = 1L;

    public PoisonRecordException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
