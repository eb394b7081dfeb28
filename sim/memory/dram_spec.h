// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/fifo.h"

namespace qnnsim {

/// Where a burst lies in a DRAM.
struct DramAddress {
  int channel = 0;
  int rank = 0;
  int bank_group = 0;
  int bank = 0;  ///< in its bank group
  std::int64_t row = 0;
  std::int64_t column = 0;  ///< [bursts]
};

/// Which bits of a byte address make up a field: its bit i is the exclusive or of the address bits
/// `bits[i]`, most often a single one.
struct AddressField {
  std::vector<std::vector<int>> bits;
};

/// How byte addresses are spread over a DRAM. Address bits that no field names are ignored: those
/// within a burst, and those above the DRAM.
struct AddressMap {
  AddressField channel;
  AddressField rank;
  AddressField bank_group;
  AddressField bank;
  AddressField row;
  AddressField column;

  DramAddress decode(std::uint64_t address) const;
};

/// Least distances of commands, in cycles of the memory clock (JESD79-4 and its kin). Where a
/// standard has no bank groups, `_s` and `_l` are equal.
struct DramTiming {
  int cl = 0;      ///< RD to the first data
  int cwl = 0;     ///< WR to the first data
  int rcd_rd = 0;  ///< ACT to RD
  int rcd_wr = 0;  ///< ACT to WR
  int rp = 0;      ///< PRE to ACT
  int ras = 0;     ///< ACT to PRE
  int ccd_s = 0;   ///< column command to the next, another bank group
  int ccd_l = 0;   ///< the same bank group
  int rrd_s = 0;   ///< ACT to ACT, another bank group
  int rrd_l = 0;   ///< the same bank group
  int faw = 0;     ///< window of at most four ACT of a rank
  int wr = 0;      ///< end of write data to PRE
  int wtr_s = 0;   ///< end of write data to RD, another bank group
  int wtr_l = 0;   ///< the same bank group
  int rtp = 0;     ///< RD to PRE
  int rtrs = 0;    ///< data bus turnaround: between ranks, and from RD to WR
  int refi = 0;    ///< REF to REF of a rank
  int rfc = 0;     ///< REF to the next command
  int ppd = 0;     ///< PRE to PRE of another bank (LPDDR4)

  int rc() const { return ras + rp; }
};

/// Supply currents of one device [mA] and their voltage, for the energy of commands.
struct DramPower {
  double vdd = 0;  ///< [V]
  double idd0 = 0;
  double idd2n = 0;
  double idd3n = 0;
  double idd4r = 0;
  double idd4w = 0;
  double idd5ab = 0;
};

enum class PagePolicy {
  kOpen,    ///< rows stay open until another row of the bank is wanted
  kClosed,  ///< every column command precharges its bank
};

/// What a controller may decide.
struct DramPolicy {
  PagePolicy page = PagePolicy::kOpen;
  bool unified_queue = false;        ///< reads and writes share one queue of `read_queue` entries
  int read_queue = 32;               ///< [requests]
  int write_queue = 32;              ///< [requests]; a full one is drained
  int write_drain_idle = 8;          ///< [requests] more than these are drained when banks are idle
  int bank_queue = 8;                ///< [requests] of each bank
  int row_hit_cap = 4;               ///< column commands of a row before a conflict may close it
  bool refresh = true;               ///< all banks of a rank at once, ranks staggered
  bool separate_column_bus = false;  ///< one row and one column command a cycle (HBM)
};

/// A kind of DRAM with its controller, as one file of configs/memories describes it.
struct DramSpec {
  std::string name;         ///< "ddr4-2400-8gb-x8"
  std::string standard;     ///< "DDR4-2400"
  std::string source;       ///< where the figures stand
  std::int64_t tck_ps = 0;  ///< [ps] memory clock period
  int channels = 1;
  int ranks = 1;
  int bank_groups = 1;
  int banks_per_group = 1;
  std::int64_t rows = 0;
  std::int64_t columns = 0;  ///< [device words] of a row
  int bus_bits = 0;          ///< [bits] of one channel
  int device_bits = 0;       ///< [bits] of one device
  int burst_length = 0;      ///< [bus transfers], two a cycle
  DramTiming timing;
  DramPower power;
  DramPolicy policy;
  AddressMap map;

  int banks() const { return bank_groups * banks_per_group; }  ///< of a rank
  int devices() const { return bus_bits / device_bits; }       ///< of a rank
  std::int64_t burst_bytes() const { return bus_bits / 8 * burst_length; }
  int burst_cycles() const { return burst_length / 2; }  ///< [memory cycles]
  std::int64_t bursts_per_row() const { return columns / burst_length; }
  std::int64_t bytes() const {  ///< of all channels
    return burst_bytes() * bursts_per_row() * rows * banks() * ranks * channels;
  }
  /// [GB/s] of all channels when the data bus never rests
  double peak_gb_s() const { return double(bus_bits / 8 * 2 * channels) * 1000.0 / double(tck_ps); }
};

/// What cannot be: one message for each contradiction in `spec` (tRAS below tRCD, a map that hits
/// some place twice, ...), each beginning with its key in quotes; empty where all is well.
std::vector<std::string> contradictions(const DramSpec& spec);

}  // namespace qnnsim
