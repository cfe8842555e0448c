// Logarithms of 1 + 2^-k; made by scripts/rtl-tables from hw/neuron/annealer_tables.h.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module plc_log2_table (
    input  wire  [ 5:0] index_i,  // 1..44
    output logic [47:0] log2_o    // log2(1 + 2^-index), Q48, rounded
);

  always_comb begin
    case (index_i)
      6'd1: log2_o = 48'h95c01a39fbd7;
      6'd2: log2_o = 48'h5269e12f346e;
      6'd3: log2_o = 48'h2b803473f7ad;
      6'd4: log2_o = 48'h1663f6fac913;
      6'd5: log2_o = 48'h0b5d69bac77f;
      6'd6: log2_o = 48'h05b9e5a170b5;
      6'd7: log2_o = 48'h02dfca16dde1;
      6'd8: log2_o = 48'h01709c46d7ab;
      6'd9: log2_o = 48'h00b87c1ff854;
      6'd10: log2_o = 48'h005c4994dd10;
      6'd11: log2_o = 48'h002e27ac5ef3;
      6'd12: log2_o = 48'h0017148ec2a2;
      6'd13: log2_o = 48'h000b8a7588fd;
      6'd14: log2_o = 48'h0005c5464ec6;
      6'd15: log2_o = 48'h0002e2a60a00;
      6'd16: log2_o = 48'h00017153bda9;
      6'd17: log2_o = 48'h0000b8aa0cff;
      6'd18: log2_o = 48'h00005c55120a;
      6'd19: log2_o = 48'h00002e2a8be8;
      6'd20: log2_o = 48'h0000171546ad;
      6'd21: log2_o = 48'h00000b8aa384;
      6'd22: log2_o = 48'h000005c551ce;
      6'd23: log2_o = 48'h000002e2a8ea;
      6'd24: log2_o = 48'h000001715476;
      6'd25: log2_o = 48'h000000b8aa3b;
      6'd26: log2_o = 48'h0000005c551e;
      6'd27: log2_o = 48'h0000002e2a8f;
      6'd28: log2_o = 48'h000000171547;
      6'd29: log2_o = 48'h0000000b8aa4;
      6'd30: log2_o = 48'h00000005c552;
      6'd31: log2_o = 48'h00000002e2a9;
      6'd32: log2_o = 48'h000000017154;
      6'd33: log2_o = 48'h00000000b8aa;
      6'd34: log2_o = 48'h000000005c55;
      6'd35: log2_o = 48'h000000002e2b;
      6'd36: log2_o = 48'h000000001715;
      6'd37: log2_o = 48'h000000000b8b;
      6'd38: log2_o = 48'h0000000005c5;
      6'd39: log2_o = 48'h0000000002e3;
      6'd40: log2_o = 48'h000000000171;
      6'd41: log2_o = 48'h0000000000b9;
      6'd42: log2_o = 48'h00000000005c;
      6'd43: log2_o = 48'h00000000002e;
      6'd44: log2_o = 48'h000000000017;
      default: log2_o = 48'd0;
    endcase
  end

endmodule

`default_nettype wire
