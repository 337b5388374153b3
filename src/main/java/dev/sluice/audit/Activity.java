package dev.sluice.audit;

import java.util.Locale;

/** A kind of event, with its codes in FHIR: type and subtype of DICOM or of the interactions of FHIR, and action. */
public enum Activity {
    TOKEN_ISSUED(Code.AUTHENTICATION, Code.LOGIN, "E"),
    TOKEN_REFUSED(Code.AUTHENTICATION, Code.LOGIN, "E"),
    SIGNED_IN(Code.AUTHENTICATION, Code.LOGIN, "E"),
    SIGN_IN_REFUSED(Code.AUTHENTICATION, Code.LOGIN, "E"),
    SIGNED_OUT(Code.AUTHENTICATION, Code.LOGOUT, "E"),
    REQUEST_REFUSED(Code.ALERT, Code.RESTRICTED, "E"),
    ESTIMATE_GIVEN(Code.EXPORT, Code.OPERATION, "R"),
    EXPORT_STARTED(Code.EXPORT, Code.OPERATION, "E"),
    EXPORT_PAUSED(Code.EXPORT, Code.OPERATION, "E"),
    EXPORT_RESUMED(Code.EXPORT, Code.OPERATION, "E"),
    EXPORT_ENDED(Code.EXPORT, Code.OPERATION, "E"),
    EXPORT_DELETED(Code.EXPORT, Code.DELETE, "D"),
    MANIFEST_GIVEN(Code.EXPORT, Code.READ, "R"),
    FILE_GIVEN(Code.EXPORT, Code.READ, "R"),
    FEED_CHANGED(Code.EXPORT, Code.OPERATION, "U"),
    FEED_DELETED(Code.EXPORT, Code.DELETE, "D"),
    IMPORT_STARTED(Code.IMPORT, Code.OPERATION, "E"),
    IMPORT_PAUSED(Code.IMPORT, Code.OPERATION, "E"),
    IMPORT_RESUMED(Code.IMPORT, Code.OPERATION, "E"),
    IMPORT_ENDED(Code.IMPORT, Code.OPERATION, "E"),
    IMPORT_DELETED(Code.IMPORT, Code.DELETE, "D"),
    JOB_PRIORITIZED(Code.EXPORT, Code.OPERATION, "E"),
    CLIENT_ADDED(Code.ALERT, Code.SECURITY, "C"),
    CLIENT_ENABLED(Code.ALERT, Code.SECURITY, "U"),
    CLIENT_DISABLED(Code.ALERT, Code.SECURITY, "U"),
    KEYS_REPLACED(Code.ALERT, Code.SECURITY, "U"),
    TOKENS_REVOKED(Code.ALERT, Code.SECURITY, "D"),
    AUDIT_READ(Code.LOG_USED, Code.OPERATION, "R"),
    PATIENT_EXPORTED(Code.EXPORT, Code.OPERATION, "R"),
    DISCLOSURES_READ(Code.LOG_USED, Code.OPERATION, "R");

    private static final String DICOM = "http://dicom.nema.org/resources/ontology/DCM";
    private static final String FHIR = "http://hl7.org/fhir/restful-interaction";

    private final Code type;
    private final Code subtype;
    private final String action;

    Activity(Code type, Code subtype, String action) {
        this.type = type;
        this.subtype = subtype;
        this.action = action;
    }

    Code type() {
        return type;
    }

    Code subtype() {
        return subtype;
    }

    String action() {
        return action;
    }

    /** The kind of this code. */
    static Activity ofCode(String code) {
        return valueOf(code.toUpperCase(Locale.ROOT).replace('-', '_'));
    }

    /** The name in a code. */
    String code() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * A code of a code system.
     *
     * @see <a href="https://hl7.org/fhir/R4/valueset-audit-event-type.html">Types</a>
     */
    enum Code {
        AUTHENTICATION(Activity.DICOM, "110114", "User Authentication"),
        LOGIN(Activity.DICOM, "110122", "Login"),
        LOGOUT(Activity.DICOM, "110123", "Logout"),
        ALERT(Activity.DICOM, "110113", "Security Alert"),
        RESTRICTED(Activity.DICOM, "110132", "Use of Restricted Function"),
        SECURITY(Activity.DICOM, "110129", "Security Configuration"),
        EXPORT(Activity.DICOM, "110106", "Export"),
        IMPORT(Activity.DICOM, "110107", "Import"),
        LOG_USED(Activity.DICOM, "110101", "Audit Log Used"),
        OPERATION(Activity.FHIR, "operation", "operation"),
        READ(Activity.FHIR, "read", "read"),
        DELETE(Activity.FHIR, "delete", "delete");

        private final String system;
        private final String code;
        private final String display;

        Code(String system, String code, String display) {
            this.system = system;
            this.code = code;
            this.display = display;
        }

        String system() {
            return system;
        }

        String code() {
            return code;
        }

        String display() {
            return display;
        }
    }
}
