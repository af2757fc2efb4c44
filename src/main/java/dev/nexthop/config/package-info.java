/** The configuration: text to validated records, with the place of every value and everything that is wrong (TOML 1.0). */
@NullMarked
package dev.nexthop.config;

import org.jspecify.annotations.NullMarked;
