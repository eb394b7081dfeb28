// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "models/rtl_module.h"
#include "sim/dataflow.h"
#include "sim/diagnostics.h"
#include "sim/scenario.h"

namespace qnnsim {

/// A signal of an AXI4 channel beside valid and ready.
struct AxiField {
  std::string name;  ///< "araddr"
  int bits = 1;
};

/// A channel of an AXI master, and the FIFO between it and the pins of the design.
struct AxiChannel {
  std::string name;       ///< "ar", "r", "aw", "w" or "b"
  bool to_memory = true;  ///< else from it
  std::size_t edge = 0;   ///< index into Dataflow::edges
  std::vector<AxiField> fields;

  int bits() const;  ///< of all fields
};

/// How often a reader of weights begins, without being told: `passes` times in every `frames`.
struct PassTokens {
  std::uint64_t passes = 1;
  std::uint64_t frames = 1;
};

/// An AXI master: reads or writes one tensor.
struct DesignMaster {
  const MemoryMaster* memory = nullptr;
  std::string port;  ///< "m_axi_fc_weights"
  std::vector<AxiChannel> channels;
  std::optional<PassTokens> tokens;  ///< nothing: each frame begins one pass
};

/// A kernel as an instance within the module of its layer.
struct DesignKernel {
  std::size_t node = 0;     ///< index into Dataflow::nodes
  std::string local;        ///< "mvu": its instance is `u_mvu`
  std::string identifier;   ///< "conv0_mvu"
  RtlModule module{""};     ///< its memories bear the names of the design's files
  std::vector<int> inputs;  ///< edges by input
  std::vector<int> outputs;
  std::optional<DesignMaster> master;
};

/// A FIFO as an instance.
struct DesignFifo {
  std::size_t edge = 0;    ///< index into Dataflow::edges
  std::string instance;    ///< "fifo_conv0_swg_to_conv0_mvu"
  std::int64_t bits = 1;   ///< [bits] of a word; of an AXI channel, all its signals
  std::string style;       ///< of qnn_fifo
  std::size_t number = 0;  ///< of its peak in the registers
};

/// A layer of the network: a module with its kernels, the FIFOs between them and those in front.
struct DesignLayer {
  std::string name;        ///< "conv0"
  std::string identifier;  ///< in SystemVerilog
  std::string module;      ///< "cnv_w1a1_conv0"
  std::vector<DesignKernel> kernels;
  std::vector<DesignFifo> fifos;  ///< their peaks are numbered in a row
  std::vector<int> inputs;        ///< edges that enter it, in front of their FIFOs
  std::vector<int> outputs;       ///< edges that leave it
};

/// A dataflow as modules, instances and names; what every text is written from.
///
/// The top module has one instance a layer, the FIFO behind the last one, the registers
/// (qnn_control) and the sources of passes (qnn_pass_tokens). Beats enter by `s_axis` and leave by
/// `m_axis`; with the input (output) in memory these bear no data: a beat says that a frame is
/// there (done).
struct Design {
  std::string name;  ///< of the top module
  const Dataflow* dataflow = nullptr;
  std::vector<DesignLayer> layers;
  std::vector<DesignFifo> fifos;  ///< of no layer: behind the last one
  bool fifo_peaks = false;        ///< the peak of every FIFO can be read
  std::size_t source_edge = 0;    ///< index into Dataflow::edges
  std::size_t sink_edge = 0;

  std::size_t fifo_count() const { return dataflow->edges.size(); }
  const Edge& edge(int index) const { return dataflow->edges[index]; }
  /// Every FIFO, by number.
  std::vector<const DesignFifo*> all_fifos() const;
  std::vector<const DesignKernel*> all_kernels() const;
  std::vector<const DesignMaster*> masters() const;
  /// The beats at the two ends carry nothing: the tensor is in memory.
  bool input_in_memory() const;
  bool output_in_memory() const;
};

struct DesignOptions {
  std::string name;  ///< of the top module; empty: that of the scenario
  bool fifo_peaks = false;
};

/// The design of `dataflow`, which must outlive it, whose kernels must have their constants and not
/// carry data yet. A kernel that has no RTL, and names that are none in SystemVerilog or clash
/// there, go to `findings`; the design is then not to be used.
Design make_design(const Scenario& scenario, const Dataflow& dataflow, const DesignOptions& options,
                   Findings& findings);

/// The modules of qnnsim's that a design instantiates.
std::set<std::string> modules_of(const Design& design);

/// `name` with all that an identifier of SystemVerilog cannot have as `_`.
std::string identifier(const std::string& name);

/// What a stream is called at one end of an edge, within the module of the kernel's layer:
/// "mvu_out", "add_in_1", "weights_ar".
std::string end_name(const Design& design, const DesignKernel& kernel, int edge, bool from);

/// Does the stream at this end of an edge bear nothing but that something happened?
bool is_bare(const Design& design, int edge);

}  // namespace qnnsim
