// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/kraken/kraken_array.h"
#include "models/kraken/kraken_pixels.h"
#include "models/kraken/kraken_weights.h"

namespace qnnsim::test {

/// The three kernels of the Kraken engine with FIFOs of 2 beats in between, as one kernel: what
/// rtl/kraken/qnn_kraken_engine.sv is.
class EngineModel final : public Kernel {
 public:
  EngineModel(const KrakenParams& params, const KrakenProgram& program)
      : EngineModel(params, std::make_unique<KrakenPixels>(params, program),
                    std::make_unique<KrakenWeights>(params, program),
                    std::make_unique<KrakenArray>(params, program)) {}

  Step tick(Cycle now) override {
    const Step pixels = pixels_->tick(now);
    const Step weights = weights_->tick(now);
    const Step array = array_->tick(now);
    commits_.commit(now);
    return {array.activity, pixels.still && weights.still && array.still};
  }
  std::uint64_t frame_interval() const override { return array_->frame_interval(); }
  std::optional<RtlModule> rtl() const override {
    RtlModule module = kraken_module("qnn_kraken_engine", params_);
    module.set("Reconfigure", KrakenPixels::kReconfigure)
        .set("Switch", KrakenWeights::kSwitch)
        .set("Multiply", KrakenArray::kMultiply);
    module.input_prefixes = {"pixels_", "weights_"};
    module.output_prefixes = {"sums_"};
    return module;
  }
  void carry_data() override {
    for (Fifo* fifo : {&pixels_fifo_, &weights_fifo_, &control_fifo_}) fifo->carry_data();
    for (Kernel* kernel : kernels()) kernel->carry_data();
  }
  void connect_input(std::size_t index, Fifo& fifo) override {
    Kernel::connect_input(index, fifo);
    kernels()[index]->connect_input(0, fifo);
  }
  void connect_output(std::size_t index, Fifo& fifo) override {
    Kernel::connect_output(index, fifo);
    array_->connect_output(0, fifo);
  }

  const KrakenArray& array() const { return *array_; }

 private:
  EngineModel(const KrakenParams& params, std::unique_ptr<KrakenPixels> pixels,
              std::unique_ptr<KrakenWeights> weights, std::unique_ptr<KrakenArray> array)
      : Kernel{{pixels->inputs().front(), weights->inputs().front()}, {array->outputs().front()}},
        params_(params),
        pixels_(std::move(pixels)),
        weights_(std::move(weights)),
        array_(std::move(array)),
        pixels_fifo_(2, params.rows, commits_),
        weights_fifo_(2, params.columns, commits_),
        control_fifo_(2, 1, commits_) {
    pixels_->connect_output(0, pixels_fifo_);
    array_->connect_input(0, pixels_fifo_);
    weights_->connect_output(0, weights_fifo_);
    array_->connect_input(1, weights_fifo_);
    weights_->connect_output(1, control_fifo_);
    array_->connect_input(2, control_fifo_);
  }
  std::array<Kernel*, 3> kernels() { return {pixels_.get(), weights_.get(), array_.get()}; }

  const KrakenParams params_;
  const std::unique_ptr<KrakenPixels> pixels_;
  const std::unique_ptr<KrakenWeights> weights_;
  const std::unique_ptr<KrakenArray> array_;
  CommitList commits_{4};
  Fifo pixels_fifo_;
  Fifo weights_fifo_;
  Fifo control_fifo_;
};

}  // namespace qnnsim::test
