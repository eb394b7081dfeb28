// SPDX-License-Identifier: Apache-2.0
//
// The registers of a design behind AXI4-Lite: runs of some frames, one after the other; what a core
// sees of them; what is refused.
module control_tb;
  logic        clk = 1'b0, rst_n = 1'b0;
  wire         core_rst_n, start, running, enter, out_last;
  wire  [31:0] frames;
  logic        in_beat = 1'b0, out_beat = 1'b0, error = 1'b0;
  logic        awvalid = 1'b0, wvalid = 1'b0, arvalid = 1'b0, bready = 1'b1, rready = 1'b1;
  logic [15:0] awaddr = '0, araddr = '0;
  logic [31:0] wdata = '0, word = '0;
  logic [3:0]  wstrb = 4'hf;
  wire         awready, wready, bvalid, arready, rvalid;
  wire  [1:0]  bresp, rresp;
  wire  [31:0] rdata;

  always #5 clk = !clk;

  qnn_control #(
    .InBeats(3), .OutBeats(2), .Fifos(2), .Identity(32'h1234abcd)
  ) u_control (
    .clk_i(clk), .rst_ni(rst_n), .core_rst_no(core_rst_n), .start_o(start), .frames_o(frames),
    .running_o(running), .enter_o(enter), .in_beat_i(in_beat), .out_beat_i(out_beat),
    .out_last_o(out_last), .error_i(error), .peaks_i({32'd99, 32'd7}),
    .s_axi_awvalid_i(awvalid), .s_axi_awready_o(awready), .s_axi_awaddr_i(awaddr),
    .s_axi_wvalid_i(wvalid), .s_axi_wready_o(wready), .s_axi_wdata_i(wdata),
    .s_axi_wstrb_i(wstrb), .s_axi_bvalid_o(bvalid), .s_axi_bready_i(bready),
    .s_axi_bresp_o(bresp), .s_axi_arvalid_i(arvalid), .s_axi_arready_o(arready),
    .s_axi_araddr_i(araddr), .s_axi_rvalid_o(rvalid), .s_axi_rready_i(rready),
    .s_axi_rdata_o(rdata), .s_axi_rresp_o(rresp)
  );

  wire token;
  integer tokens = 0;
  qnn_pass_tokens #(.Passes(2), .Frames(3)) u_tokens (
    .clk_i(clk), .rst_ni(rst_n), .start_i(start), .frames_i(frames), .valid_o(token),
    .ready_i(1'b1)
  );
  always @(posedge clk) if (rst_n && token) tokens <= tokens + 1;

  task automatic expect_equal(input [31:0] what, input [31:0] expected, input integer line);
    if (what !== expected) $fatal(1, "FAIL: check %0d: %h, not %h", line, what, expected);
  endtask

  task automatic write_register(input [15:0] address, input [31:0] data, input [1:0] response);
    awvalid = 1'b1;
    awaddr  = address;
    repeat (2) @(negedge clk);  // the data comes later
    wvalid  = 1'b1;
    wdata   = data;
    @(negedge clk);
    awvalid = 1'b0;
    wvalid  = 1'b0;
    expect_equal({31'd0, bvalid}, 32'd1, 100);
    expect_equal({30'd0, bresp}, {30'd0, response}, 101);
    @(negedge clk);
    expect_equal({31'd0, bvalid}, 32'd0, 102);
  endtask

  task automatic read_register(input [15:0] address);
    arvalid = 1'b1;
    araddr  = address;
    @(negedge clk);
    arvalid = 1'b0;
    expect_equal({31'd0, rvalid}, 32'd1, 110);
    word = rdata;
    @(negedge clk);
  endtask

  task automatic check_register(input [15:0] address, input [31:0] expected, input integer line);
    read_register(address);
    expect_equal(word, expected, line);
  endtask

  task automatic beats(input integer count_in, input integer count_out);
    for (integer i = 0; i < count_in; i++) begin
      in_beat = 1'b1;
      @(negedge clk);
    end
    in_beat = 1'b0;
    for (integer i = 0; i < count_out; i++) begin
      out_beat = 1'b1;
      @(negedge clk);
    end
    out_beat = 1'b0;
  endtask

  initial begin
    repeat (4) @(negedge clk);
    rst_n = 1'b1;
    repeat (3) @(negedge clk);
    expect_equal({30'd0, core_rst_n, enter}, 32'd0, 1);  // held in reset until the first start
    check_register(16'h0, 32'd0, 2);
    check_register(16'h1c, 32'h1234abcd, 3);
    check_register(16'h18, 32'd2, 4);
    check_register(16'h1000, 32'd7, 5);
    check_register(16'h1004, 32'd99, 6);
    check_register(16'h1008, 32'd0, 7);
    check_register(16'h20, 32'd0, 8);

    // A run of 4 frames: 2 lots of 3 frames are begun, of 2 passes each.
    write_register(16'h4, 32'd4, 2'b00);
    check_register(16'h4, 32'd4, 10);
    wstrb = 4'h2;  // one byte
    write_register(16'h4, 32'hffffff00, 2'b00);
    wstrb = 4'hf;
    check_register(16'h4, 32'h0000ff04, 11);
    write_register(16'h4, 32'd4, 2'b00);
    write_register(16'h0, 32'd1, 2'b00);
    expect_equal({29'd0, core_rst_n, enter, running}, 32'd7, 12);
    write_register(16'h0, 32'd1, 2'b10);  // while busy
    beats(3, 0);
    check_register(16'h8, 32'd1, 13);
    write_register(16'h4, 32'd1, 2'b00);  // of the next run
    beats(9, 0);
    expect_equal({31'd0, enter}, 32'd0, 14);
    check_register(16'h8, 32'd4, 15);
    beats(0, 7);
    expect_equal({30'd0, running, out_last}, 32'd3, 16);
    check_register(16'hc, 32'd3, 17);
    beats(0, 1);
    expect_equal({31'd0, running}, 32'd0, 18);
    check_register(16'h0, 32'd2, 19);
    expect_equal(tokens, 4, 20);
    read_register(16'h10);
    repeat (5) @(negedge clk);
    check_register(16'h10, word, 21);  // stands still

    // The next one, of 1 frame: 1 cycle from the start to its first beat, 5 beats.
    write_register(16'h0, 32'd1, 2'b00);
    beats(3, 2);
    check_register(16'h0, 32'd2, 30);
    check_register(16'h8, 32'd1, 31);
    check_register(16'h10, 32'd6, 32);
    expect_equal(tokens, 6, 33);
    error = 1'b1;
    check_register(16'h0, 32'd6, 34);
    error = 1'b0;

    // The output leaves before the last beats of the input have entered.
    write_register(16'h0, 32'd1, 2'b00);
    beats(2, 2);
    expect_equal({30'd0, running, enter}, 32'd1, 35);
    check_register(16'h0, 32'd1, 36);
    write_register(16'h0, 32'd1, 2'b10);
    beats(1, 0);
    check_register(16'h0, 32'd2, 37);
    check_register(16'h8, 32'd1, 38);

    // Without end.
    write_register(16'h4, 32'd0, 2'b00);
    write_register(16'h0, 32'd1, 2'b00);
    beats(30, 20);
    expect_equal({30'd0, enter, running}, 32'd3, 40);
    check_register(16'hc, 32'd10, 41);
    $display("PASS");
    $finish;
  end
endmodule
