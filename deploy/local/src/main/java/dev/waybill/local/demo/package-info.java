/// `waybill demo`: the main job in one command, on real parts.
@NullMarked
package dev.waybill.local.demo;

import org.jspecify.annotations.NullMarked;
