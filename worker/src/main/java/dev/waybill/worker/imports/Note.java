package dev.waybill.worker.imports;

/// Something that people should know about a row.
///
/// @param subject which one, for example `destination crm`
/// @param isLost  whether it could not be carried over
record Note(String organization, String subject, String text, boolean isLost) {

    static Note lost(String organization, String subject, String text) {
        return new Note(organization, subject, text, true);
    }

    static Note remark(String organization, String subject, String text) {
        return new Note(organization, subject, text, false);
    }
}
