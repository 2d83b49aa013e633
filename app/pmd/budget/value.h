/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef BUDGET_VALUE_H_
#define BUDGET_VALUE_H_

/**
 * @file
 * The values in a budget file: numbers, prefixes, ids. ration_name_error() checks names.
 *
 * Functions named ..._fault() check a value. They return NULL if the value is valid, else text for
 * an error message, which follows the value: "is negative (...)". The text in parentheses says what
 * is allowed.
 */

#include <stddef.h>
#include <stdint.h>

#include "budget/budget.h"

/** Read a limit or a batch, see ration_size_parse(). */
const char *budget_number_fault(const char *text, uint64_t *value);

/** Read a prefix, "a.b.c.d/length" or "2001:db8::/length": family, prefix and length of a rule. */
const char *budget_prefix_fault(const char *text, struct budget_rule *rule);

/** Read an EtherType: "0x88cc", or the name of a common one. */
const char *budget_ethertype_fault(const char *text, uint16_t *type);

/** Read an id from `min` to `max`. @return 0, or -1 if the text is not such an id */
int budget_id(const char *text, uint16_t min, uint16_t max, uint16_t *id);

/** Bytes of the value of a rule as text, including the final NUL. */
#define BUDGET_MATCH_SIZE sizeof("ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255/128")

/** Write the value of a rule as text: "10.1.0.0/16", "0x0806" or "100". */
void budget_match_text(const struct budget_rule *rule, char text[BUDGET_MATCH_SIZE]);

/** Keywords of the file, indexed by enum budget_unit. */
extern const char *const budget_unit_names[BUDGET_BYTES + 1];

/** Keywords of the file, indexed by enum budget_match. */
extern const char *const budget_match_names[BUDGET_PORT + 1];

#endif /* BUDGET_VALUE_H_ */
