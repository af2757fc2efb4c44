/** The commands that people type: each prints a table for them and, with {@code --json}, a value for programs. */
@NullMarked
package dev.nexthop.cli;

import org.jspecify.annotations.NullMarked;
