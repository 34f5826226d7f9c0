import { ComputeScreen } from '../../components/compute/compute-screen.tsx';

/** What the thinking cost; its address says which of it. */
export default function ComputePage() {
  return <ComputeScreen />;
}
