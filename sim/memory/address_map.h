// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "sim/memory/dram_spec.h"

namespace qnnsim {

/// A field of an address map, as files name it.
struct AddressFieldName {
  const char* name;
  AddressField AddressMap::*field;
  std::int64_t (*places)(const DramSpec& spec);  ///< that the field tells apart
};

/// Every field: channel, rank, bank_group, bank, row, column.
const std::array<AddressFieldName, 6>& address_fields();

/// Does what AddressMap::decode does, prepared for many addresses.
class AddressDecoder {
 public:
  explicit AddressDecoder(const AddressMap& map);
  DramAddress decode(std::uint64_t address) const;

 private:
  /// Neighbouring bits that stay neighbours.
  struct Run {
    int from = 0;  ///< lowest bit in the address
    int to = 0;    ///< lowest bit in the field
    std::uint64_t mask = 0;
  };
  using Runs = std::vector<Run>;

  static Runs runs_of(const AddressField& field);
  static std::uint64_t gather(const Runs& runs, std::uint64_t address);

  Runs channel_, rank_, bank_group_, bank_, row_, column_;
};

/// i where `value` is 2^i; -1 where it is no power of two.
int exact_log2(std::int64_t value);

/// Can bits of an address tell all places of `spec` apart?
bool counts_are_powers_of_two(const DramSpec& spec);

/// Bits of an address in a row: the next ones of a field, from its least significant on.
struct AddressPart {
  const AddressFieldName* field = nullptr;
  int bits = 0;  ///< 0: all that are left
};

/// The map whose parts follow each other from the most significant to the bit above the burst. The
/// counts of `spec` must be powers of two.
AddressMap ordered_map(const std::vector<AddressPart>& parts, const DramSpec& spec);

}  // namespace qnnsim
