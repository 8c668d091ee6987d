package dev.waybill.schemas.serde;

import org.apache.avro.generic.GenericEnumSymbol;
import org.apache.avro.generic.GenericFixed;
import org.apache.avro.specific.SpecificRecord;
import org.apache.avro.util.ClassSecurityValidator;

/// Avro loads a class by the name in a schema, and since a schema may come from anybody it loads only what is trusted.
/// Generated classes hold data and do nothing, so they are; anything else stays forbidden.
public final class GeneratedClasses {

    static {
        ClassSecurityValidator.setGlobal(
                ClassSecurityValidator.composite(ClassSecurityValidator.getGlobal(), GeneratedClasses::isGenerated));
    }

    private GeneratedClasses() {}

    /// Takes effect once for the process. [AvroCodec] calls it; code that copies generated records without a codec
    /// must, too.
    public static void trust() {
        // The static initializer has done it.
    }

    private static boolean isGenerated(Class<?> type) {
        return SpecificRecord.class.isAssignableFrom(type)
                || GenericEnumSymbol.class.isAssignableFrom(type)
                || GenericFixed.class.isAssignableFrom(type);
    }
}
