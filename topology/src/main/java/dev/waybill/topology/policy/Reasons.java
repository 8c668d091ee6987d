package dev.waybill.topology.policy;

/// Why a route or a delivery ended or moved on, as written in results, trails and rows. They are API.
public final class Reasons {

    public static final String EXHAUSTED = "exhausted";
    public static final String PERMANENT = "permanent";
    public static final String AMBIGUOUS = "ambiguous";
    public static final String EXPIRED = "expired";
    public static final String CANCELLED = "cancelled";
    public static final String DUPLICATE = "duplicate";

    /// No destination of that id or name is known.
    public static final String UNKNOWN_DESTINATION = "unknown_destination";
    /// The destination belongs to another organization.
    public static final String FOREIGN_DESTINATION = "foreign_destination";
    public static final String DISABLED_DESTINATION = "disabled_destination";
    /// The request names no destination and no rule of the organization matches.
    public static final String NO_ROUTE = "no_route";
    /// The rules that match make more routes than a delivery may have.
    public static final String TOO_MANY_ROUTES = "too_many_routes";
    /// A constraint in force for the organization is not met; which one follows.
    public static final String CONSTRAINT_VIOLATED = "constraint_violated";
    /// The inline payload is larger than allowed.
    public static final String OVERSIZE = "oversize";
    /// The request breaks a rule of its schema's documentation.
    public static final String INVALID_REQUEST = "invalid_request";
    /// The destination is left alone for a while, because too many attempts failed.
    public static final String BREAKER_OPEN = "breaker_open";
    /// The account behind the destination may not send for now.
    public static final String ACCOUNT = "account";
    /// The destination takes deliveries at other hours.
    public static final String OUTSIDE_HOURS = "outside_hours";
    /// Another route of the delivery has claimed the destination already.
    public static final String JOINED = "joined";

    private Reasons() {}
}
