// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "models/data_type.h"
#include "models/dsp_slice.h"

namespace qnnsim {

/// The operands of a multiplication as two's complement numbers, which is what slices multiply:
/// unsigned elements take a bit more, bipolar ones two bits.
struct MacOperands {
  /// `narrow`: no weight is the most negative value of its type.
  MacOperands(DataType weight, DataType activation, bool narrow);

  int weight_bits = 0;
  bool weight_full = false;  ///< -2^(weight_bits - 1) occurs
  int activation_bits = 0;
  int activation_magnitude = 0;  ///< [bits] without the sign bit that an unsigned one was given
};

/// Where the lanes of a packed slice begin: at bit l * stride + min(l, longer).
struct LanePlan {
  int lanes = 1;
  int stride = 0;  ///< [bits]
  int longer = 0;  ///< [lanes] that are a bit longer than `stride`, the lowest ones

  int offset(int lane) const { return lane * stride + (lane < longer ? lane : longer); }
};

/// As many lanes as the pre-adder holds, as far apart as it allows.
///
/// Lanes W + A - 1 bits apart, for weights of W and activations of A bits, keep the carry into a
/// lane between -1 and +1 a step. The top lane ends where the pre-adder does, one bit before if its
/// weight can be the most negative value, of which the lanes below may take something away.
/// Spare bits go to the lowest lanes. Source of the numbers of lanes: Xilinx/finn (dev),
/// finn-rtllib/mvu/mvu.sv, 1 + (Apath - !narrow - W) / (W + A - 1).
LanePlan lane_plan(DspSlice slice, const MacOperands& operands);

/// [steps] of which the top lane, behind which nothing collects carries, holds the sum.
std::int64_t most_steps(DspSlice slice, const MacOperands& operands);

/// A slice that multiplies several weights with one activation and sums each product up in a lane.
///
/// Lanes are narrower than the sums in them. In P, lane l holds F_l: the sum S_l, plus the carries
/// C_l into the lane, without the carries C_(l+1) out of it, f_l bits further up; so
///   S_l = F_l + 2^f_l C_(l+1) - C_l.
/// A step carries -1, 0 or +1 into a lane: what the two lowest bits of the lane gain beyond those
/// of the product, known from the two lowest bits of its factors (the canary). The steps are summed
/// up beside the slice. RTL: rtl/qnn_packed_dsp.sv, rtl/qnn_packed_rows.sv. Source: Xilinx/finn,
/// finn-rtllib/mvu/mvu_4sx4u.sv (four lanes), and its generalisation mvu.sv.
class PackedMac {
 public:
  PackedMac(DspSlice slice, const MacOperands& operands);

  int lanes() const { return plan_.lanes; }
  /// Adds weights[l] * activation to the sum of every lane l; `first` begins new sums.
  void step(const Value* weights, Value activation, bool first);
  std::int64_t p() const { return p_; }
  /// Carried into a lane by the last step: -1, 0 or +1.
  int carry(int lane) const { return carries_[lane]; }
  /// Exact; in the top lane for the first `most_steps` of a sum.
  std::int64_t sum(int lane) const;

 private:
  const DspSlice slice_;
  const int weight_bits_;
  const LanePlan plan_;
  std::int64_t p_ = 0;
  std::vector<int> carries_;           ///< [lanes] of the last step
  std::vector<std::int64_t> carried_;  ///< [lanes + 1] C_l: into lane l; 0 behind the top lane
};

/// A row of DSP58 slices in INT8 mode, chained through PCOUT and PCIN and cut into segments with a
/// register behind each. RTL: rtl/qnn_mac_dsp58.sv.
struct DotChain {
  int slices = 1;
  int segment_length = 1;  ///< [slices]
  int segments = 1;
};

/// The chain for `simd` columns: segments as short as the latency of the core allows, with
/// ceil(log2 simd) registers behind the first, but not below three slices. A segment of n slices
/// takes 0.741 + 0.605 (n - 1) ns: Xilinx/finn, C/rtl/matrixvectoractivation_rtl.py.
DotChain dot_chain(int simd);

}  // namespace qnnsim
