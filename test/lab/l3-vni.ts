/**
 * The interfaces of the laboratories' L3 VNI, as commands of ip(8). Its VRF is a network namespace: the VXLAN interface is made
 * in the router's own namespace, where its packets leave, and moved to that of the VRF.
 */

/** @param vtep the router's own address */
export const vxlan = (vtep: string): string =>
  `link add vx5000 type vxlan id 5000 dstport 4789 local ${vtep} nolearning`;

/** In the namespace of the VRF, once the VXLAN interface is there. */
export const SVI: readonly string[] = [
  'link add br5000 type bridge',
  'link set vx5000 master br5000',
  'link set br5000 up',
  'link set vx5000 up',
];
