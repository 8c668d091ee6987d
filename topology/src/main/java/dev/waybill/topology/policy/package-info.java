/// What happens after an attempt: outcomes in, decisions out. Plain functions of their arguments; the clock and the
/// randomness are arguments too.
@NullMarked
package dev.waybill.topology.policy;

import org.jspecify.annotations.NullMarked;
